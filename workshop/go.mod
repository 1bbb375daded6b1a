module example.com/tracing-workshop/workshop

go 1.26
