// Makes the pages handier. All of them work without it.
"use strict";

const isTyping = target => target.closest?.("input, textarea, select");
const isPlain = event => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);

function make(name, words, more = {}) {
  const element = document.createElement(name);
  element.textContent = words; // never as HTML: strangers write headlines
  for (const [key, value] of Object.entries(more)) element.setAttribute(key, value);
  return element;
}

// --- "/" goes to the question ---

const question = document.querySelector('input[name="q"]');

document.addEventListener("keydown", event => {
  if (event.key !== "/" || !question || isTyping(event.target) || !isPlain(event)) return;
  event.preventDefault();
  question.focus();
  question.select();
});

// --- A link to a sentence is copied ---

if (navigator.clipboard) {
  const told = make("p", "", { class: "told", role: "status" });
  document.querySelector("main").append(told);
  for (const link of document.querySelectorAll("a.share")) {
    link.textContent = "copy link to this sentence";
    link.addEventListener("click", async event => {
      if (!isPlain(event)) return;
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(link.href);
        told.textContent = "The link is copied.";
        setTimeout(() => { told.textContent = ""; }, 4000);
      } catch {
        location.assign(link.href); // the address bar has it
      }
    });
  }
}

// --- Files and links are dropped or pasted, and progress is told ---

const adds = document.querySelector('.masthead a[href="/add"]');

class Progress {
  constructor() {
    this.rows = make("ul", "", { class: "results", "aria-live": "polite" });
    this.title = make("h2", "Reading …");
    const section = make("section", "", { class: "progress", "aria-label": "Adding", "aria-busy": "true" });
    section.append(this.title, this.rows);
    document.querySelector(".progress")?.remove();
    document.querySelector(".masthead").after(section);
    this.section = section;
  }

  tell(words, isGood = false, address = "") {
    const row = make("li", "", isGood ? {} : { class: "failed" });
    row.append(address ? make("a", words, { href: address }) : words);
    this.rows.append(row);
  }

  end(words) {
    this.title.textContent = words;
    this.section.removeAttribute("aria-busy");
  }

  // One event of the stream: what became of an article, or the end.
  note(name, data) {
    if (name === "added") {
      const { article, new: isNew } = data;
      this.tell(`${article.title || article.source || article.id}${isNew ? "" : " (was here before)"}`, true, `/articles/${article.id}`);
    } else if (name === "failed") {
      this.tell(`Not added. ${data.source ? `${data.source}: ` : ""}${data.detail}`);
    } else if (name === "done") {
      this.end(`Added ${data.added.length}, failed ${data.failed.length}`);
    }
  }
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const found = /^event: (\w+)\ndata: (.*)$/.exec(part);
      if (found) yield [found[1], JSON.parse(found[2])];
    }
  }
}

async function send(form) {
  const progress = new Progress();
  const bytes = form.getAll("file").reduce((sum, file) => sum + file.size, 0);
  if (bytes > adds.dataset.largest) {
    progress.tell(`More than ${adds.dataset.largest / 1e6} MB; send fewer files at once.`);
    progress.end("Nothing was added");
    return;
  }
  let isOver = false;
  try {
    const answer = await fetch("/add", { method: "POST", body: form, headers: { Accept: "text/event-stream" } });
    if (!answer.ok) {
      progress.tell((await answer.json()).detail);
      progress.end("Nothing was added");
      return;
    }
    for await (const [name, data] of readEvents(answer.body)) {
      progress.note(name, data);
      isOver ||= name === "done";
    }
  } catch { /* told below */ }
  if (!isOver) progress.end("The connection broke off; what is listed here was added");
}

// What is dropped or pasted as the fields of the form, or null if it holds nothing to add.
function collect(transfer, isDropped) {
  const form = new FormData();
  for (const file of transfer.files) form.append("file", file, file.name);
  const text = (transfer.getData("text/uri-list") || transfer.getData("text/plain")).trim();
  if (!transfer.files.length && (isDropped || /^https?:\/\/\S+$/.test(text)) && text) form.append("text", text);
  return [...form.keys()].length ? form : null;
}

if (adds) {
  document.documentElement.classList.add("js");
  document.querySelector("form.add")?.addEventListener("submit", event => {
    event.preventDefault();
    send(new FormData(event.target));
    event.target.reset();
  });
  document.addEventListener("dragover", event => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, event => {
      if (name === "drop" || !event.relatedTarget) document.body.classList.remove("dropping");
    });
  }
  document.addEventListener("drop", event => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    const form = collect(event.dataTransfer, true);
    if (form) send(form);
  });
  document.addEventListener("paste", event => {
    const form = isTyping(event.target) ? null : collect(event.clipboardData, false);
    if (form) send(form);
  });
}
