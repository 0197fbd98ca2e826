// The call

/** Calls the handler and takes its answer in each of the ways of AWS Lambda. */
function call(handle, event, context, pack) {
  let answered = false; // which is not yet told while the event loop is waited for
  const answer = (error, result, atOnce) => {
    if (answered) return;
    answered = true;
    attempt(() => {
      if (error !== undefined && error !== null) throw error;
      const bytes = pack(result);
      worker.whenIdle = () => conclude(bytes);
      if (atOnce) conclude(bytes);
    });
  };
  context.done = (error, result) => answer(error, result, true);
  context.succeed = (result) => answer(null, result, true);
  context.fail = (error) => answer(error ?? "the function called context.fail", undefined, true);
  const callback = (error, result) => answer(error, result, !context.callbackWaitsForEmptyEventLoop);

  worker.whenIdle = () => conclude(pack(undefined));
  const returned = handle(event, context, callback);
  if (typeof returned?.then === "function") {
    if (!answered) worker.whenIdle = neverSettled("the handler's promise never settled");
    returned.then((result) => (answered ? worker.whenIdle() : answer(null, result, true)), fail);
  } else if (returned !== undefined && !answered) {
    worker.whenIdle = () => attempt(() => conclude(pack(returned)));
  }
}

function attempt(step) {
  try {
    step();
  } catch (error) {
    fail(error);
  }
}
