package steptest

import "example.com/tracing-workshop/workshop/internal/jaeger"

// Jaeger tells whether the machine has a Jaeger, as step 5 needs it. The error
// says what to type where there is none. root is the folder of the workshop.
func Jaeger(root string) error {
	module, err := jaeger.FindModule(root)
	if err != nil {
		return err
	}
	_, err = jaeger.Find(module)
	return err
}
