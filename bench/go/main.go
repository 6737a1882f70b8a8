// The programs of bench/ in Go.
//
//	bench PROGRAM N CLOCK
//
// runs PROGRAM at size N to warm up, then a few times by CLOCK ("wall" or "cpu"), and prints what bench/child.ts prints:
// one line of JSON, {"ms":[...],"n":...,"cpu":...} for what is timed, {"rss":...,"heap":...,"cpu":...} (bytes each) for
// what is weighed.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

var timed = map[string]func(n int){
	"hand-off":          func(n int) { oneToOne(0, n) },
	"buffered":          func(n int) { oneToOne(1024, n) },
	"select-2":          select2,
	"select-16":         select16,
	"spawn":             spawn,
	"ring":              ring,
	"sieve":             sieve,
	"mutex":             mutex,
	"mutex-contended":   mutexContended,
	"semaphore":         semaphore,
	"waitgroup":         waitGroup,
	"pool":              pool,
	"pool-submit":       poolSubmit,
	"timer-stop":        timerStop,
	"timer-batch":       timerBatch,
	"timer-fire":        timerFire,
	"sleepers":          sleepers,
	"context":           contextCancel,
	"context-tree":      contextTree,
	"fib":               fibs,
	"tasks":             tasks,
	"tasks-pool":        tasksPool,
	"tasks-in-turn":     tasksInTurn,
	"numbers":           numbers,
	"numbers-packed":    numbersPacked,
	"objects":           objects,
	"objects-packed":    objectsPacked,
	"round-trip":        roundTrip,
	"round-trip-locked": roundTripLocked,
}

var weighed = map[string]func(n int) interface{}{
	"parked":           parked,
	"parked-own":       parkedOwn,
	"channel-memory":   channels,
	"timer-memory":     timers,
	"context-memory":   contexts,
	"mutex-memory":     mutexes,
	"waitgroup-memory": waitGroups,
}

func check(got, want int) {
	if got != want {
		panic(fmt.Sprintf("wrong result: %d, not %d", got, want))
	}
}

func sumTo(n int) int { return n * (n + 1) / 2 }

// memory reports the process's resident bytes and those that the Go heap and stacks hold.
func memory() (rss, heap float64) {
	runtime.GC()
	runtime.GC()
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		var total, resident float64
		fmt.Sscanf(string(statm), "%f %f", &total, &resident)
		rss = resident * float64(os.Getpagesize())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return rss, float64(m.HeapAlloc + m.StackInuse)
}

func weigh(make func(int) interface{}, n int) {
	rss0, heap0 := memory()
	keep := make(n)
	rss1, heap1 := memory()
	runtime.KeepAlive(keep)
	emit(map[string]float64{"rss": (rss1 - rss0) / float64(n), "heap": (heap1 - heap0) / float64(n), "cpu": cpu()})
}

// cpu is the processor time, in milliseconds, that this process has used.
func cpu() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e6
}

func emit(v interface{}) {
	line, _ := json.Marshal(v)
	fmt.Println(string(line))
}

// now is the time in milliseconds.
var now = wall

var began = time.Now()

func wall() float64 { return float64(time.Since(began).Nanoseconds()) / 1e6 }

func timeIt(f func(int), n int) {
	f(n / 10)
	f(n)
	ms := make([]float64, 3)
	for i := range ms {
		runtime.GC()
		start := now()
		f(n)
		ms[i] = now() - start
	}
	emit(map[string]interface{}{"ms": ms, "n": n, "cpu": cpu()})
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: bench PROGRAM N CLOCK")
		os.Exit(2)
	}
	if os.Args[3] == "cpu" {
		now = cpu
	}
	n, _ := strconv.Atoi(os.Args[2])
	if f, ok := timed[os.Args[1]]; ok {
		timeIt(f, n)
	} else if f, ok := weighed[os.Args[1]]; ok {
		weigh(f, n)
	} else {
		fmt.Fprintln(os.Stderr, "no such program:", os.Args[1])
		os.Exit(2)
	}
}
