// The workloads of bench/ in Go.
//
//	bench WORKLOAD N RUNS CLOCK
//
// runs WORKLOAD at size N a few times to warm up, then RUNS times by CLOCK ("wall" or "cpu"), and prints what bench/child.ts prints: one line of JSON,
// {"ms":[...],"cpu":...} for a timed workload, {"rss":...,"heap":...} (bytes each) for one about memory.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func check(got, want int) {
	if got != want {
		panic(fmt.Sprintf("wrong result: %d, not %d", got, want))
	}
}

func producer(ch chan<- int, n int) {
	for i := 1; i <= n; i++ {
		ch <- i
	}
}

func oneToOne(capacity, n int) {
	ch := make(chan int, capacity)
	go producer(ch, n)
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-ch
	}
	check(sum, n*(n+1)/2)
}

func select2(n int) {
	a, b := make(chan int), make(chan int)
	go producer(a, n/2)
	go producer(b, n/2)
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
	}
	check(sum, n/2*(n/2+1))
}

func select16(n int) {
	var c [16]chan int
	for k := range c {
		c[k] = make(chan int)
		go producer(c[k], n/16)
	}
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-c[0]:
			sum += v
		case v := <-c[1]:
			sum += v
		case v := <-c[2]:
			sum += v
		case v := <-c[3]:
			sum += v
		case v := <-c[4]:
			sum += v
		case v := <-c[5]:
			sum += v
		case v := <-c[6]:
			sum += v
		case v := <-c[7]:
			sum += v
		case v := <-c[8]:
			sum += v
		case v := <-c[9]:
			sum += v
		case v := <-c[10]:
			sum += v
		case v := <-c[11]:
			sum += v
		case v := <-c[12]:
			sum += v
		case v := <-c[13]:
			sum += v
		case v := <-c[14]:
			sum += v
		case v := <-c[15]:
			sum += v
		}
	}
	check(sum, 16*(n/16)*(n/16+1)/2)
}

func sendOnce(ch chan<- int, i int) { ch <- i }

func spawn(n int) {
	ch := make(chan int)
	for i := 1; i <= n; i++ {
		go sendOnce(ch, i)
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-ch
	}
	check(sum, n*(n+1)/2)
}

func relay(in <-chan int, out, done chan<- int) {
	for {
		left := <-in
		if left == 0 {
			done <- 1
			return
		}
		out <- left - 1
	}
}

func ring(n int) {
	const size = 1000
	var links [size]chan int
	for k := range links {
		links[k] = make(chan int)
	}
	done := make(chan int)
	for k := range links {
		go relay(links[k], links[(k+1)%size], done)
	}
	links[0] <- n
	check(<-done, 1)
}

func naturals(ch chan<- int) {
	for i := 2; ; i++ {
		ch <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for {
		if i := <-in; i%prime != 0 {
			out <- i
		}
	}
}

func sieve(n int) {
	ch := make(chan int)
	go naturals(ch)
	prime := 0
	for k := 0; k < n; k++ {
		prime = <-ch
		next := make(chan int)
		go filter(ch, next, prime)
		ch = next
	}
	if n == 1000 {
		check(prime, 7919)
	}
}

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

func each(n int, fill func() interface{}) {
	rss0, heap0 := memory()
	keep := fill()
	rss1, heap1 := memory()
	runtime.KeepAlive(keep)
	emit(map[string]float64{"rss": (rss1 - rss0) / float64(n), "heap": (heap1 - heap0) / float64(n), "cpu": cpu()})
}

func park(ch <-chan int, parked *int64) {
	atomic.AddInt64(parked, 1)
	<-ch
}

func parked(n int) {
	each(n, func() interface{} {
		ch, parked := make(chan int), int64(0)
		for i := 0; i < n; i++ {
			go park(ch, &parked)
		}
		for atomic.LoadInt64(&parked) < int64(n) {
			runtime.Gosched()
		}
		return ch
	})
}

func channels(n int) {
	keep := make([]chan int, n)
	each(n, func() interface{} {
		for i := range keep {
			keep[i] = make(chan int)
		}
		return keep
	})
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

func timed(f func(int), n, runs int) {
	f(n / 10)
	f(n)
	ms := make([]float64, runs)
	for i := range ms {
		runtime.GC()
		start := now()
		f(n)
		ms[i] = now() - start
	}
	emit(map[string]interface{}{"ms": ms, "cpu": cpu()})
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: bench WORKLOAD N RUNS CLOCK")
		os.Exit(2)
	}
	if os.Args[4] == "cpu" {
		now = cpu
	}
	n, _ := strconv.Atoi(os.Args[2])
	runs, _ := strconv.Atoi(os.Args[3])
	switch workload := os.Args[1]; workload {
	case "hand-off":
		timed(func(n int) { oneToOne(0, n) }, n, runs)
	case "buffered":
		timed(func(n int) { oneToOne(1024, n) }, n, runs)
	case "select-2":
		timed(select2, n, runs)
	case "select-16":
		timed(select16, n, runs)
	case "spawn-1e5", "spawn-1e6":
		timed(spawn, n, runs)
	case "ring":
		timed(ring, n, runs)
	case "sieve":
		timed(sieve, n, runs)
	case "mutex":
		timed(mutex, n, runs)
	case "mutex-contended":
		timed(mutexContended, n, runs)
	case "semaphore":
		timed(semaphore, n, runs)
	case "waitgroup":
		timed(waitGroup, n, runs)
	case "pool":
		timed(pool, n, runs)
	case "pool-submit":
		timed(poolSubmit, n, runs)
	case "timer-stop":
		timed(timerStop, n, runs)
	case "timer-fire":
		timed(timerFire, n, runs)
	case "context":
		timed(contextCancel, n, runs)
	case "context-tree":
		timed(contextTree, n, runs)
	case "parked-1e5", "parked-1e6", "parked-1e7":
		parked(n)
	case "channel":
		channels(n)
	default:
		fmt.Fprintln(os.Stderr, "no such workload:", workload)
		os.Exit(2)
	}
}
