// An SMSC: one JSON command a line in, one JSON answer a line out. It keeps what it accepted and
// what it has to deliver, brings that again where it has no answer, and fails when told to.
// A fault is used up by one short message, in the order given:
//   refuse (status, with_id), hang (accepted, no answer), late (accepted, answer after ms),
//   drop_after (accepted, connection cut), drop_before (not accepted, connection cut), no_id.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");
const smpp = require("smpp");

const RETRY_MS = 150;
const [systemId, password, key, cert] = process.argv.slice(2);

let server = null;
let port = 0;
let bound = null;
let next = 0xa0;
let muted = false;
let refusal = null;
let lose = 0;
let binds = 0;
const faults = [];
const accepted = [];
const deliveries = [];
const heard = [];

function listen(done) {
  const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } : {};
  server = smpp.createServer(tls, serve);
  server.on("error", (error) => done({ error: error.code }));
  server.listen(port, "127.0.0.1", () => {
    port = server.address().port;
    done({ port });
  });
}

function serve(session) {
  session.on("error", () => session.destroy());
  session.on("pdu", (pdu) => heard.push([pdu.command, pdu.command_status, pdu.sequence_number]));
  session.on("close", () => {
    if (bound === session) bound = null;
    for (const each of deliveries) if (each.on === session) each.on = null;
  });
  session.on("bind_transceiver", (pdu) => bind(session, pdu));
  session.on("submit_sm", (pdu) => submit(session, pdu));
  session.on("enquire_link", (pdu) => muted || session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
}

function bind(session, pdu) {
  let status = 0;
  if (refusal !== null) status = refusal;
  else if (pdu.system_id !== systemId) status = smpp.ESME_RINVSYSID;
  else if (pdu.password !== password) status = smpp.ESME_RINVPASWD;
  else if (bound) status = smpp.ESME_RALYBND;
  session.send(pdu.response({ command_status: status, system_id: "smsc" }));
  if (status) return;
  bound = session;
  binds += 1;
  deliveries.forEach(bring);
}

function submit(session, pdu) {
  const fault = faults.shift() || { kind: "" };
  if (fault.kind === "drop_before") return session.destroy();
  const id = fault.kind === "no_id" ? "" : (next++).toString(16);
  if (fault.kind === "refuse" && !fault.with_id) {
    return session.send(pdu.response({ command_status: fault.status }));
  }
  if (fault.kind === "refuse") return answerWithId(session, pdu, fault.status, id);
  const { udh, message } = pdu.short_message;
  accepted.push({
    id,
    text: message.toString(),
    udh: (udh || []).map((each) => Buffer.from(each).toString("hex")),
    ...Object.fromEntries(
      Object.entries(pdu).filter(([, value]) => ["number", "string"].includes(typeof value)),
    ),
    validity: pdu.validity_period ? pdu.validity_period - Date.now() : null,
  });
  if (fault.kind === "drop_after") return session.destroy();
  if (fault.kind === "hang") return undefined;
  const reply = () => session.send(pdu.response({ message_id: id }));
  return fault.kind === "late" ? setTimeout(reply, fault.ms) : reply();
}

function answerWithId(session, pdu, status, id) {
  // The package sends no body beside an error; some SMSCs do.
  const octets = Buffer.alloc(17 + id.length);
  [octets.length, 0x80000004, status, pdu.sequence_number].forEach((value, place) =>
    octets.writeUInt32BE(value, place * 4),
  );
  octets.write(id, 16);
  session.socket.write(octets);
}

function fields(given) {
  const made = { data_coding: 0, ...given };
  for (const name of ["short_message", "message_payload"]) {
    if (name in made) made[name] = Buffer.from(made[name], "hex");
  }
  if ("text" in made) {
    made.short_message = { message: made.text, udh: Buffer.from(made.udh || "", "hex") };
    delete made.text;
    delete made.udh;
  }
  return made;
}

// Once it is brought to a session it is not brought there again before an answer comes; when the
// session ends without one, the next session gets it.
function bring(delivery) {
  if (!bound || delivery.done || delivery.on) return;
  const session = bound;
  delivery.on = session;
  delivery.tries += 1;
  session[delivery.command](fields(delivery.fields), (answer) => {
    if (lose > 0) {
      lose -= 1;
      session.destroy();
      return;
    }
    delivery.on = null;
    delivery.statuses.push(answer.command_status);
    delivery.done = answer.command_status !== smpp.ESME_RX_T_APPN;
    if (!delivery.done) setTimeout(() => bring(delivery), RETRY_MS);
  });
}

const commands = {
  accepted: () => accepted,
  binds: () => ({ binds, bound: bound !== null }),
  heard: () => heard,
  faults: ({ list }) => faults.push(...list),
  left: () => faults,
  refuse_bind: ({ status }) => (refusal = status),
  lose_acks: ({ number }) => (lose = number),
  mute: ({ on }) => (muted = on),
  deliver({ list, command }) {
    for (const each of list) {
      const made = { command, fields: each, tries: 0, statuses: [], done: false, on: null };
      deliveries.push(made);
      bring(made);
    }
    return null;
  },
  deliveries: () => deliveries.map(({ tries, statuses, done }) => ({ tries, statuses, done })),
  raw({ hex }) {
    bound.socket.write(Buffer.from(hex, "hex"));
    return null;
  },
  unbind: () => void bound.unbind(),
  cut: () => void (bound && bound.destroy()),
};

function answer(asked, reply) {
  if (asked.do === "listen") return listen(reply);
  if (asked.do === "away") {
    for (const session of [...server.sessions]) session.destroy();
    return server.close(() => reply(null));
  }
  return reply(commands[asked.do](asked) ?? null);
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const reply = (said) => process.stdout.write(JSON.stringify({ said }) + "\n");
  try {
    answer(JSON.parse(line), reply);
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: String(error) }) + "\n");
  }
});
