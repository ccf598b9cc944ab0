// Counts texts as Twilio's own calculator does: one JSON text a line in, one JSON answer a line
// out. A text is {"text": "...", "smart": false}; an empty object asks for the smart map.
"use strict";

const readline = require("node:readline");
const { SegmentedMessage } = require("sms-segments-calculator");
const SMART = require("sms-segments-calculator/dist/libs/SmartEncodingMap").default;

function count({ text, smart }) {
  const message = new SegmentedMessage(text, "auto", Boolean(smart));
  const bits = message.encodingName === "GSM-7" ? 7 : 16;
  return {
    encoding: message.encodingName,
    units: message.messageSize / bits,
    segments: message.segmentsCount,
    sent: message.graphemes.join(""),
    // What the calculator never divides between two segments, in units.
    pieces: message.encodedChars.map((piece) => piece.sizeInBits() / bits),
  };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  const answer = "text" in asked ? count(asked) : SMART;
  process.stdout.write(JSON.stringify(answer) + "\n");
});
