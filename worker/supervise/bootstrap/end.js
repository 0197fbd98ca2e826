// The end, however it comes

/** Ends the process: nothing of the function's runs any more. */
function endNow() {
  kill();
  exit(); // the first process of a namespace cannot kill itself
}

/** Sends the last frames and ends. Whoever gets here first has the outcome. */
function conclude(outcome) {
  if (worker.ended) return;
  worker.ended = true;
  try {
    if (outcome instanceof Failure) {
      const { kind, message, told } = outcome;
      tell(END, { failure: { kind, message, function: told } });
    } else {
      sendResult(outcome);
      tell(END, {});
    }
  } finally {
    endNow();
  }
}

function fail(error) {
  conclude(failureOf(error));
}

/** Hears of the ways to end that are no error thrown by the handler. */
function watchEnds() {
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", (reason) => {
    const { stackTrace, ...told } = describe(reason);
    const message = "a promise was rejected and nobody handled it: " + sentence(told);
    conclude(failed("Runtime.UnhandledPromiseRejection", message, { stackTrace }));
  });
  process.on("exit", (status) => {
    conclude(failed("Runtime.ExitError", `${worker.running} called process.exit(${status})`, { exitStatus: status & 0xff }));
  });
  process.on("beforeExit", () => worker.whenIdle());
}

/** What it means when the event loop is empty and a promise still waits. */
function neverSettled(what) {
  return () => conclude(failed("Runtime.PromiseNeverSettled", what + ", and nothing is left that could settle it"));
}
