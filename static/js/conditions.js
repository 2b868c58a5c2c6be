/* Conditions on the answer page: the twin of portal/foundation/conditions.py. A blank answer is unknown (null), never
   true and never false. tests/portal/foundation/conditions.json holds both to one table of cases. */
(function (root) {
  "use strict";

  const NUMBER = /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/;
  const LARGEST = 9007199254740992;
  const FLAGS = { true: true, yes: true, 1: true, false: false, no: false, 0: false };

  function blank(found) {
    return found === undefined || found === null || found === "" || (Array.isArray(found) && found.length === 0);
  }

  function asNumber(value) {
    if (typeof value === "number") return Math.abs(value) <= LARGEST ? value : null;
    return typeof value === "string" && NUMBER.test(value) ? Number(value) : null;
  }

  function asFlag(value) {
    if (typeof value === "boolean") return value;
    const word = String(value).toLowerCase();
    return Object.prototype.hasOwnProperty.call(FLAGS, word) ? FLAGS[word] : null;
  }

  /* Numbers by value, also when one side is text; truth values only with truth values; text to the letter. */
  function same(found, value) {
    if (typeof found === "boolean" || typeof value === "boolean") return asFlag(value) !== null && asFlag(found) === asFlag(value);
    const left = asNumber(found), right = asNumber(value);
    if (left !== null && right !== null) return left === right;
    return String(found) === String(value);
  }

  /* By code points, as the server compares; UTF-16 units would order rare characters differently. */
  function compareText(left, right) {
    const a = Array.from(left), b = Array.from(right);
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) return a[i].codePointAt(0) - b[i].codePointAt(0);
    }
    return a.length - b.length;
  }

  function ordered(op, found, value) {
    const left = asNumber(found), right = asNumber(value);
    let sign;
    if (left !== null && right !== null) sign = left - right;
    else if (typeof found === "string" && typeof value === "string" && left === null && right === null) sign = compareText(found, value);
    else return null;
    return op === "lt" ? sign < 0 : op === "le" ? sign <= 0 : op === "gt" ? sign > 0 : sign >= 0;
  }

  function testOne(op, found, value) {
    if (op === "in" || op === "not_in") return value.some((one) => same(found, one)) === (op === "in");
    if (op === "eq") return same(found, value);
    if (op === "ne") return !same(found, value);
    if (op === "contains") return String(found).toLowerCase().includes(String(value).toLowerCase());
    if (op === "starts") return String(found).toLowerCase().startsWith(String(value).toLowerCase());
    return ordered(op, found, value);
  }

  /* A multiple choice: `contains`, `eq` and `in` ask whether one of its values fits, `ne` and `not_in` whether none does. */
  function testMany(op, found, value) {
    if (op === "ne" || op === "not_in") {
      const positive = testMany(op === "ne" ? "eq" : "in", found, value);
      return positive === null ? null : !positive;
    }
    const results = found.map((one) => testOne(op === "contains" ? "eq" : op, one, value));
    if (results.includes(true)) return true;
    return results.every((result) => result === null) ? null : false;
  }

  function test(condition, facts) {
    const found = Object.prototype.hasOwnProperty.call(facts, condition.field) ? facts[condition.field] : null;
    if (condition.op === "present") return !blank(found);
    if (condition.op === "absent") return blank(found);
    if (blank(found)) return null;
    return (Array.isArray(found) ? testMany : testOne)(condition.op, found, condition.value);
  }

  /* true, false, or null where a needed field is blank or of another kind; no condition at all is true. */
  function evaluate(condition, facts) {
    if (condition === null || condition === undefined) return true;
    if ("not" in condition) {
      const inner = evaluate(condition.not, facts);
      return inner === null ? null : !inner;
    }
    if (!("all" in condition) && !("any" in condition)) return test(condition, facts);
    const wanted = !("all" in condition);
    const results = (condition.all || condition.any).map((part) => evaluate(part, facts));
    if (results.includes(wanted)) return wanted;
    return results.includes(null) ? null : !wanted;
  }

  const twin = { evaluate: evaluate, holds: (condition, facts) => evaluate(condition, facts) === true };
  if (typeof module !== "undefined" && module.exports) module.exports = twin;
  else root.Soundings = Object.assign(root.Soundings || {}, twin);
})(typeof window !== "undefined" ? window : globalThis);
