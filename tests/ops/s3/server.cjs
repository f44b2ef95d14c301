// usage: server.cjs <folder> <port> <bucket>: serves the folder's objects by S3 on 127.0.0.1. Its one
// account has the key S3RVER and the secret S3RVER; a request with another signature is a 403.
const S3rver = require('@20minutes/s3rver');

const [directory, port, bucket] = process.argv.slice(2);
new S3rver({address: '127.0.0.1', port: Number(port), directory, silent: true, configureBuckets: [{name: bucket}]})
  .run()
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
