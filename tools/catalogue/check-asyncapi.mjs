#!/usr/bin/env node
// usage: check-asyncapi.mjs <folder with node_modules> <document>   what AsyncAPI's own parser has to say about a document; fails on errors.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, file] = process.argv.slice(2);
const { Parser } = createRequire(resolve(modules, 'package.json'))('@asyncapi/parser');
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'), { source: file });
for (const one of diagnostics) {
  console.log(`${['error', 'warning', 'information', 'hint'][one.severity]}: ${one.path.join('.')}: ${one.message}`);
}
if (!document || diagnostics.some((one) => one.severity <= 1)) process.exit(1);
console.log(`${file}: AsyncAPI ${document.version()}, ${document.channels().length} channels, ${document.messages().length} messages, nothing wrong`);
