// Fn is the command line: it parses what a user typed, asks the host through
// host/client, prints the answer and exits with the code of the outcome. It
// knows nothing else; all work is done by the host.
//
// Standard output carries results only. Logs, progress, notes and errors go to
// standard error; progress and notes only when that is a terminal.
package main
