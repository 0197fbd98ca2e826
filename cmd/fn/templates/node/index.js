// Called with the event, decoded from JSON; what it resolves to becomes JSON.
exports.handler = async (event) => {
  const name = event.name ?? "world";
  console.log(`greeting ${name}`); // a log line: it never mixes with the result
  return { message: `Hello, ${name}!` };
};
