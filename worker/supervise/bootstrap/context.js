// What the handler is given

/** The context of AWS Lambda. */
function contextOf(call) {
  const { env } = process;
  const ends = call.timeout_millis ? now() + call.timeout_millis : undefined;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:fn:local:::function:${env.AWS_LAMBDA_FUNCTION_NAME}:${env.AWS_LAMBDA_FUNCTION_VERSION}`,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? "",
    awsRequestId: call.id,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    identity: undefined,
    clientContext: undefined,
    // Without a limit there is as much time as can be told.
    getRemainingTimeInMillis: () => (ends === undefined ? 2 ** 31 - 1 : Math.max(0, Math.floor(ends - now()))),
  };
}

function takeEvent(raw) {
  const parts = [];
  for (let frame = readFrame(); frame.kind !== EVENT_END; frame = readFrame()) parts.push(frame.payload);
  const bytes = Buffer.concat(parts);
  if (raw) return bytes;
  try {
    return parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Failure("Invalid", `the event is not JSON: ${textOf(error)}`);
  }
}
