"""The report of `make soak` as a page: one row a promise, and what a broken one said."""

from html import escape

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ccc }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tr.broken td { background: #fdd }
tr.held td:first-child { border-left: .4rem solid #393 }
tr.short td:first-child { border-left: .4rem solid #cc3 }
pre { white-space: pre-wrap; font-size: .85rem }
small { color: #555 }
"""
LOOKS = {"held": "held", "broken": "broken", "held, fewer than wanted": "short"}


def write_page(report: dict) -> str:
    """Return the report as one HTML file that needs nothing else."""
    rows = "".join(write_row(each) for each in report["promises"])
    head = "<tr><th>Promise<th>What holds<th>Tried<th>Wanted<th>Seconds<th>Outcome</tr>"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Soak</title><style>{STYLE}</style></head>'
        f"<body><h1>What was promised, and how often it was tried</h1>"
        f"<p>Made {escape(report['made'])}, in {report['seconds']:,.0f} s.</p>"
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table></body></html>\n"
    )


def write_row(each: dict) -> str:
    told = "".join(f"<br><small>{escape(line)}</small>" for line in each["told"][-4:])
    why = f"<pre>{escape(each['why'])}</pre>" if each["why"] else ""
    return (
        f'<tr class="{LOOKS.get(each["outcome"], "none")}"><td>{escape(each["promise"])}'
        f"<td>{escape(each['what'])}{told}"
        f'<td class="number">{each["count"]:,} {escape(each["unit"])}<td class="number">{each["wanted"]:,}'
        f'<td class="number">{each["seconds"]:,.0f}<td>{escape(each["outcome"])}{why}</tr>\n'
    )
