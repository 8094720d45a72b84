// Calls one RPC from the contracts, with a deadline, and prints the answer as JSON.
// usage: node call.mjs HOST:PORT pepline.scheduling.v1.SchedulingService/GetPep '{"child_id": "..."}' PROTO_FOLDER
// The token is in PEPLINE_TOKEN; the files of mutual TLS in PEPLINE_TLS_CA, PEPLINE_TLS_CERTIFICATE and PEPLINE_TLS_KEY
// (without them: plain text, for development alone).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(process.env.NODE_PATH ? resolve(process.env.NODE_PATH, 'package.json') : import.meta.url);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const [address, rpc, request, protos] = process.argv.slice(2);
const [service, method] = rpc.split('/');
const owner = service.split('.')[1];
const contracts = grpc.loadPackageDefinition(loader.loadSync(`pepline/${owner}/v1/${owner}_service.proto`,
  { includeDirs: [protos], keepCase: true, longs: String, enums: String }));
const Client = service.split('.').reduce((place, name) => place[name], contracts);

const { PEPLINE_TLS_CA: ca, PEPLINE_TLS_KEY: key, PEPLINE_TLS_CERTIFICATE: certificate } = process.env;
const client = new Client(address, ca
  ? grpc.credentials.createSsl(readFileSync(ca), readFileSync(key), readFileSync(certificate))
  : grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${process.env.PEPLINE_TOKEN}`);

// The stable word for what went wrong. The contracts have google.rpc's messages in the same wire form.
function reasonOf(error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!bytes) return '';
  const refusal = protobuf.loadSync(join(protos, 'pepline/common/v1/refusal.proto'));
  const { details } = refusal.lookupType('pepline.common.v1.RpcStatus').decode(bytes);
  const info = details.find((detail) => detail.type_url.endsWith('/google.rpc.ErrorInfo'));
  return info ? refusal.lookupType('pepline.common.v1.ErrorInfo').decode(info.value).reason : '';
}

const done = (error, answer) => {
  client.close();
  if (error) {
    console.error(`${grpc.status[error.code]} ${reasonOf(error)}: ${error.details}`);
    process.exit(1);
  }
  console.log(JSON.stringify(answer, null, 1));
};
client[method](JSON.parse(request), metadata, { deadline: Date.now() + 5000 }, done);
