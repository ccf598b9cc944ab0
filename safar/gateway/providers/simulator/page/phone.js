"use strict";

/* The simulated phone. Whatever comes from a person or from Safar becomes text, never markup. */

const PEOPLE = [
  ["Sita, Nepal", "+9779800000001"],
  ["Maria, Philippines", "+639000000002"],
  ["Amina, Kenya", "+254700000003"],
  ["Rahim, Bangladesh", "+8801700000004"],
  ["Dewi, Indonesia", "+6281200000005"],
  ["Ravi, India", "+919000000006"],
  ["Hanan, in Riyadh", "+966500000007"],
];

const EXAMPLES = [
  ["ne-Latn", "Nepali (Latin)", "manpower le qatar jana 2 lakh magyo, thik ho?"],
  ["fil", "Filipino", "hindi pa sahod 3 months na po"],
  ["ar", "Arabic", "صاحب البيت يضربني وحابسني في الغرفة"],
  ["hi", "Hindi", "मालिक ने मेरा पासपोर्ट रख लिया है, वापस नहीं दे रहा"],
  ["sw", "Swahili", "Je, wakala huyu ana leseni ya kupeleka watu Saudia?"],
  ["bn", "Bengali", "তিন মাস ধরে বেতন পাই না, কোথায় অভিযোগ করব?"],
  ["id", "Indonesian", "Majikan tidak memberi hari libur, apakah boleh?"],
  ["ne", "Nepali", "दूतावासको फोन नम्बर चाहियो"],
  ["en", "English", "Can I change my employer in Qatar?"],
];

const CALL = "api/messages";
const SENDER = /^\+?[0-9A-Za-z]{1,20}$/;
const WHILE_WAITING = 400;
const WHILE_IDLE = 3000;
const PATIENCE = 20000;
const CALL_TIMEOUT = 10000;

const byId = (id) => document.getElementById(id);
const languages = new Intl.DisplayNames(["en"], { type: "language" });

const state = {
  sender: PEOPLE[0][1],
  channel: "sms",
  shown: [], // one string a bubble, to see what changed
  talk: { messages: [], understood: null, waiting: false },
  since: null, // when we began to wait for what is missing now
  missing: "",
  turn: 0, // rises with every change of person or channel: late answers are passed over
  posting: 0,
  atEnd: true, // whether the newest message is in sight, so that the talk follows it
  timer: 0,
};

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Talking to the gateway */

async function call(path, options) {
  const answer = await fetch(path, { ...options, signal: AbortSignal.timeout(CALL_TIMEOUT) });
  if (!answer.ok) throw new Error(`The gateway answered ${answer.status}.`);
  return answer.json();
}

async function poll() {
  clearTimeout(state.timer);
  const turn = state.turn;
  const asked = new URLSearchParams({ sender: state.sender, channel: state.channel });
  let trouble = "";
  try {
    const talk = await call(`${CALL}?${asked}`);
    if (turn !== state.turn) return;
    show(talk);
  } catch (error) {
    if (turn !== state.turn) return;
    trouble = `The gateway does not answer as it should. ${error.message}`;
  }
  notice(trouble);
  clearTimeout(state.timer);
  state.timer = setTimeout(poll, state.missing ? WHILE_WAITING : WHILE_IDLE);
}

async function send(text) {
  const turn = state.turn;
  const body = JSON.stringify({ sender: state.sender, channel: state.channel, text });
  const headers = { "Content-Type": "application/json" };
  state.posting += 1;
  try {
    await call(CALL, { method: "POST", headers, body });
  } catch (error) {
    notice(`The message was not taken. ${error.message}`);
    return false;
  } finally {
    state.posting -= 1;
  }
  if (turn === state.turn) {
    state.since = null;
    await poll();
  }
  return true;
}

/* The phone */

function show(talk) {
  const before = state.missing;
  const grew = talk.messages.length !== state.talk.messages.length;
  state.talk = talk;
  const late = talk.messages.some((message) => message.from === "safar" && !message.delivered);
  state.missing = talk.waiting ? "worker" : late ? "dispatcher" : "";
  if (!state.missing) state.since = null;
  else if (state.since === null || state.missing !== before || grew) state.since = Date.now();
  showBubbles(talk.messages);
  showUnderstood(talk.understood);
  showTotal(talk.messages);
}

function showBubbles(messages) {
  const list = byId("bubbles");
  const wanted = messages.map((message) => JSON.stringify([message.from, message.text]));
  let same = 0;
  while (same < wanted.length && wanted[same] === state.shown[same]) same += 1;
  // Only what changed is made anew, so that a screen reader reads new messages only.
  while (list.children.length > same) list.lastChild.remove();
  for (const message of messages.slice(same)) list.append(bubble(message));
  messages.forEach((message, place) => {
    const line = list.children[place].querySelector(".meta");
    if (line && line.textContent !== facts(message)) line.textContent = facts(message);
  });
  state.shown = wanted;
  byId("empty").hidden = messages.length > 0;
  byId("typing").hidden = state.missing !== "worker";
  follow();
}

function follow() {
  const talk = byId("talk");
  if (state.atEnd) talk.scrollTop = talk.scrollHeight;
}

function bubble(message) {
  const mine = message.from === "person";
  const whole = element("div");
  const box = element("div", mine ? "bubble mine" : "bubble theirs");
  const text = element("p", "", message.text);
  text.dir = "auto";
  box.append(element("span", "unseen", mine ? "You: " : "Safar: "), text);
  whole.append(box);
  if (!mine) {
    const line = element("p", "meta");
    line.ariaLive = "off"; // It changes when the message is sent: no reason to read it again.
    whole.append(line);
  }
  return whole;
}

function facts(message) {
  const characters = count(Array.from(message.text).length, "character");
  const parts = message.segments
    ? [message.encoding, count(message.segments, "segment"), characters, cost(message.segments)]
    : ["WhatsApp", characters, "no segments"];
  if (!message.delivered) parts.push("not sent yet");
  return parts.join(" · ");
}

function count(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function price() {
  const typed = byId("price").valueAsNumber;
  return Number.isFinite(typed) && typed >= 0 ? typed : 0;
}

function cost(segments) {
  return `≈ ${(segments * price()).toFixed(3).replace(/0$/, "")} USD`;
}

/* The notice says aloud that an answer is being written, and to all when something is wrong. */
function notice(trouble) {
  const waited = state.since === null ? 0 : Date.now() - state.since;
  const absent = {
    worker: "No answer for 20 seconds: the worker is not running. Start it with: safar worker",
    dispatcher: "Not sent for 20 seconds: the dispatcher is not running. Start it with: "
      + "safar dispatcher",
  };
  let text = trouble;
  if (!text && state.missing && waited > PATIENCE) text = absent[state.missing];
  const spoken = !text && state.missing === "worker";
  const place = byId("notice");
  place.classList.toggle("spoken", spoken);
  const words = spoken ? "Safar is writing." : text;
  // The same words again would be read aloud again.
  if (place.textContent !== words) place.textContent = words;
}

/* The panel */

function showUnderstood(understood) {
  byId("nothing").hidden = Boolean(understood);
  byId("understood").hidden = !understood;
  // While an answer is awaited, this is still about the message before.
  byId("understood").classList.toggle("before", state.missing === "worker");
  if (!understood) return;
  const danger = Boolean(understood.danger);
  byId("danger").classList.toggle("red", danger);
  byId("danger").textContent = danger ? "Danger" : "No danger seen";
  byId("variant").textContent = languageName(understood.variant);
  byId("intent").textContent = understood.intent ?? "none";
  const percent = Math.round(Math.min(1, Math.max(0, Number(understood.confidence) || 0)) * 100);
  byId("confidence").ariaValueNow = String(percent);
  byId("confidence-bar").style.width = `${percent}%`;
  byId("confidence-number").textContent = `${percent} %`;
  const tags = (understood.entities ?? []).map((entity) => {
    const tag = element("span", "tag");
    const value = element("bdi", "", String(entity.value));
    tag.append(element("b", "", String(entity.entity)), value);
    return tag;
  });
  byId("entities").replaceChildren(...(tags.length ? tags : ["none"]));
}

function languageName(tag) {
  if (!tag) return "not known";
  try {
    return `${languages.of(tag)} · ${tag}`;
  } catch {
    return String(tag);
  }
}

function showTotal(messages) {
  const answers = messages.filter((message) => message.from === "safar");
  const segments = answers.reduce((sum, message) => sum + (message.segments || 0), 0);
  const charged = state.channel === "sms"
    ? `${count(segments, "segment")}, ${cost(segments)}`
    : "not charged by segment";
  byId("total").textContent = `${count(answers.length, "answer")}, ${charged}`;
}

/* Who writes */

function changePerson() {
  state.turn += 1;
  state.since = null;
  state.missing = "";
  state.atEnd = true;
  byId("phone").classList.toggle("whatsapp", state.channel === "whatsapp");
  byId("line").textContent =
    `${state.channel === "sms" ? "SMS" : "WhatsApp"} from ${state.sender}`;
  show({ messages: [], understood: null, waiting: false });
  poll();
}

function typeSender() {
  const typed = byId("sender").value.replace(/[\s().-]/g, "");
  const right = SENDER.test(typed);
  byId("sender").setAttribute("aria-invalid", String(!right));
  byId("sender-error").hidden = right;
  byId("person").value = PEOPLE.some(([, number]) => number === typed) ? typed : "";
  if (right && typed !== state.sender) {
    state.sender = typed;
    changePerson();
  }
  return right;
}

/* Writing */

function fit() {
  const box = byId("text");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

async function write(text) {
  if (!text.trim() || !typeSender()) return false;
  state.atEnd = true;
  return send(text);
}

async function submit(event) {
  event.preventDefault();
  const box = byId("text");
  const text = box.value;
  if (!text.trim() || state.posting) return;
  box.value = "";
  fit();
  box.focus();
  // A message that was not taken goes back into the box, unless something new stands there.
  if (!(await write(text)) && !box.value) box.value = text;
  fit();
}

function begin() {
  const person = byId("person");
  for (const [name, number] of PEOPLE) person.append(new Option(name, number));
  person.append(new Option("Another number", ""));
  byId("sender").value = state.sender;
  person.addEventListener("change", () => {
    if (!person.value) return byId("sender").focus();
    byId("sender").value = person.value;
    return typeSender();
  });
  byId("sender").addEventListener("change", typeSender);
  for (const choice of document.getElementsByName("channel")) {
    choice.addEventListener("change", () => {
      state.channel = choice.value;
      changePerson();
    });
  }
  for (const [tag, language, sentence] of EXAMPLES) {
    const button = element("button");
    button.type = "button";
    const words = element("span", "", sentence);
    words.lang = tag;
    words.dir = "auto";
    button.append(element("small", "", language), words);
    button.addEventListener("click", () => write(sentence));
    const item = element("li");
    item.append(button);
    byId("examples").append(item);
  }
  byId("price").addEventListener("input", () => show(state.talk));
  byId("compose").addEventListener("submit", submit);
  byId("text").addEventListener("input", fit);
  byId("text").addEventListener("keydown", (event) => {
    // While an input method composes a syllable, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("compose").requestSubmit();
    }
  });
  byId("talk").addEventListener("scroll", () => {
    const talk = byId("talk");
    state.atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40;
  });
  new ResizeObserver(follow).observe(byId("talk"));
  fit();
  // A browser may bring back what was chosen before a reload.
  state.channel = byId("channel-whatsapp").checked ? "whatsapp" : "sms";
  changePerson();
  byId("text").focus();
}

begin();
