// Runs npm as plan.json says, in the code beside it, and copies node_modules to
// the target.
//
// It is process 1 of a container whose standard input is held by the one who
// wants the packages: when that one is gone, all ends.
'use strict'
const fs = require('fs')
const path = require('path')
const { spawn } = require('child_process')

const plan = JSON.parse(fs.readFileSync(path.join(__dirname, 'plan.json'), 'utf8'))
const installed = path.join(plan.code, 'node_modules')

// npm as it comes is a script of node's, a link to it mostly.
function command (directories) {
  const found = directories.map(d => path.join(d, 'npm')).find(f => fs.existsSync(f))
  if (!found) process.exit(plan.missing)
  const file = fs.realpathSync(found)
  return file.endsWith('.js') ? [process.execPath, file] : [file]
}

function refuse (reason) {
  console.error('npm error ' + reason)
  process.exit(1)
}

// Links to directories of the code, which is about to go, become copies of them.
function settle (directory) {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const place = path.join(directory, entry.name)
    if (entry.isDirectory() && entry.name.startsWith('@')) settle(place)
    if (!entry.isSymbolicLink()) continue
    const target = fs.realpathSync(place)
    if (!target.startsWith(plan.code + path.sep)) refuse(`the dependency ${entry.name} is a link that leaves the code`)
    fs.unlinkSync(place)
    fs.cpSync(target, place, { recursive: true, verbatimSymlinks: true })
  }
}

function finish () {
  fs.mkdirSync(plan.target, { recursive: true })
  if (!fs.existsSync(installed)) return
  settle(installed)
  fs.cpSync(installed, plan.target, { recursive: true, verbatimSymlinks: true })
}

process.stdin.on('end', () => process.exit(1)).on('error', () => process.exit(1)).resume()
const directories = [path.dirname(process.execPath), ...(process.env.PATH || '').split(path.delimiter)]
const [program, ...first] = command(directories)
const child = spawn(program, [...first, ...plan.ways[0]], {
  cwd: plan.code,
  env: { ...process.env, ...plan.env, PATH: directories.join(path.delimiter) },
  stdio: ['ignore', 'inherit', 'inherit']
})
child.on('error', e => refuse(e.message))
child.on('close', status => {
  if (status !== 0) process.exit(1)
  try { finish() } catch (e) { refuse(e.message) }
  process.exit(0)
})
