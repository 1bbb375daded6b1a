package backend

import (
	"context"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// saidLimit is how long a program may take to tell about itself.
const saidLimit = 20 * time.Second

// said gives all that a program prints which tells about itself, and ends.
func said(path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), saidLimit)
	defer cancel()
	cmd := proc.Command(ctx, path, args...)
	log := &proc.Transcript{}
	cmd.Stdout, cmd.Stderr = log, log
	err := proc.Run(cmd)
	return log.String(), err
}
