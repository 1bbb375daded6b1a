package backend

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// servers is what the servers that are jars read, and the sums of the jars. The
// profiles of servers/pom.xml say which jars they are.
//
//go:embed servers
var servers embed.FS

// jarServer is a system that is made of jars.
type jarServer struct {
	name    string // of the profile, and of the file with the sums
	java    versions
	javas   func() []java
	listens []listener
	// write puts into the folder of the run what the server reads, and gives the
	// arguments of Java.
	write func(r *run) (args []string, err error)
	env   func(r *run) []string // may be nil
	ready func(ctx context.Context, address string) error
}

// recipe is how such a system is fetched and started.
func (j jarServer) recipe() recipe {
	sums := parseSums(j.text("sums"))
	return recipe{
		lacks: func() *Missing {
			_, missing := j.java.choose(j.javas())
			return missing
		},
		brings: lacksMaven,
		pin:    j.text("sums"), // which name the jars with their versions
		size:   100 << 20,
		fetch: func(ctx context.Context, home string, report func(Progress)) error {
			return fetchJars(ctx, home, j.name, sums, report)
		},
		holds:   func(home string) bool { return len(sums.absent(filepath.Join(home, "lib"))) == 0 },
		listens: func(Options) ([]listener, error) { return j.listens, nil },
		prepare: j.prepare,
	}
}

func (j jarServer) text(kind string) string { return readServers(j.name + "." + kind) }

func (j jarServer) prepare(r *run) ([]program, error) {
	found, missing := j.java.choose(j.javas())
	if missing != nil {
		return nil, missing
	}
	args, err := j.write(r)
	if err != nil {
		return nil, err
	}
	p := program{
		path:  found.path,
		args:  args,
		ready: func(ctx context.Context) error { return j.ready(ctx, r.at[0]) },
		stop:  stopJava,
	}
	if j.env != nil {
		p.env = j.env(r)
	}
	return []program{p}, nil
}

// stopJava tells a JVM to stop. It is SIGTERM and not Ctrl-C: a JVM that was
// started where Ctrl-C is ignored, as behind nohup, ignores it for good. On
// Windows the Ctrl-Break that could be sent makes a JVM print its threads, and
// nothing else; what is written to disk there is as after a loss of power.
func stopJava(p *os.Process) error {
	if runtime.GOOS == "windows" {
		proc.Kill(p)
		return errKilled
	}
	return proc.Terminate.Send(p)
}

// smallJava are the arguments of a JVM for one person's use.
func smallJava() []string {
	return []string{"-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"}
}

// temporary gives a folder for what the server would leave in that of the
// machine when it is killed.
func (r *run) temporary() (string, error) {
	folder := filepath.Join(r.folder, "tmp")
	return folder, os.MkdirAll(folder, 0o755)
}

// classPath is the argument that names all jars of the server.
func (r *run) classPath() string { return filepath.Join(r.home, "lib", "*") }

// readServers gives a file of servers, which is there.
func readServers(name string) string {
	content, err := servers.ReadFile("servers/" + name)
	if err != nil {
		panic(err)
	}
	return string(content)
}

func lacksMaven() *Missing {
	if _, err := exec.LookPath("mvn"); err == nil {
		return nil
	}
	return &Missing{
		What: "it is fetched by Maven, and there is no mvn on PATH",
		Get:  packages{apt: "maven", brew: "maven"}.command(),
	}
}

// fill writes a file of servers into the folder of the run, with values in the
// place of their names.
func (r *run) fill(from, to string, values map[string]string) error {
	text := os.Expand(readServers(from), func(name string) string {
		if value, ok := values[name]; ok {
			return value
		}
		return "$" + name
	})
	if err := os.WriteFile(filepath.Join(r.folder, to), []byte(text), 0o644); err != nil {
		return fmt.Errorf("the configuration cannot be written: %w", err)
	}
	return nil
}
