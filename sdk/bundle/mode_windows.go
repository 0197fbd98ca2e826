package bundle

import "io/fs"

// Windows does not tell what may be executed elsewhere.
func mode(fs.FileInfo) fs.FileMode { return 0o755 }
