// Reads an OpenAPI document from stdin and prints what its JSON Schema has to say against it:
// {"valid": true} or {"valid": false, "errors": [...]}.
import { text } from "node:stream/consumers";
import { Validator } from "@seriousme/openapi-schema-validator";

const document = JSON.parse(await text(process.stdin));
const validator = new Validator();
const result = await validator.validate(document);
console.log(JSON.stringify({ ...result, version: validator.version }));
