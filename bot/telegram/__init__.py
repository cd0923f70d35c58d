"""The Telegram face: the only folder that imports telegram."""

import os

# The library warns on every 429 unless its waiting times are to be timedeltas, as they will be in its next version.
os.environ.setdefault("PTB_TIMEDELTA", "1")
