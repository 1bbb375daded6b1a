package deployment

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// program gives the program of step 5, which it builds as it is into a folder of
// the play. It has the two services, and the traffic.
func (d *Deployment) program(ctx context.Context) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.built != "" {
		return d.built, nil
	}
	here, err := repository.Here()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp(d.stage.Folder(), "program-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "services.exe") // the ending is for Windows, and does no harm
	if _, err := proc.Output(gotool.Command(ctx, here.Path("step05-jaeger"), "build", "-o", file, ".")); err != nil {
		return "", fmt.Errorf("the program of step 5 cannot be built: %w", gotool.Said(err))
	}
	d.built = file
	return file, nil
}
