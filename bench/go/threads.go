package main

import "runtime"

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func fibs(n int) {
	results := make(chan int, n)
	for i := 0; i < n; i++ {
		go func() { results <- fib(27) }()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	check(sum, n*196418)
}

// tasks has a goroutine for each task.
func tasks(n int) {
	results := make(chan int, n)
	for i := 0; i < n; i++ {
		go func() { results <- fib(1) }()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	check(sum, n)
}

type task struct {
	n      int
	result chan<- int
}

// workers2 starts two workers, which end when the channel is closed.
func workers2() chan<- task {
	work := make(chan task, 1024)
	for k := 0; k < 2; k++ {
		go func() {
			for t := range work {
				t.result <- fib(t.n)
			}
		}()
	}
	return work
}

func tasksPool(n int) {
	work, results := workers2(), make(chan int, n)
	for i := 0; i < n; i++ {
		work <- task{1, results}
	}
	close(work)
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	check(sum, n)
}

func tasksInTurn(n int) {
	work, result := workers2(), make(chan int)
	sum := 0
	for i := 0; i < n; i++ {
		work <- task{1, result}
		sum += <-result
	}
	close(work)
	check(sum, n)
}

const (
	capacity = 1024
	pack     = 100
)

func numbers(n int) { oneToOne(capacity, n) }

func numbersPacked(n int) {
	ch := make(chan []int, capacity/pack)
	go func() {
		for i := 1; i <= n; i += pack {
			some := make([]int, pack)
			for k := range some {
				some[k] = i + k
			}
			ch <- some
		}
		close(ch)
	}()
	sum := 0
	for some := range ch {
		for _, v := range some {
			sum += v
		}
	}
	check(sum, sumTo(n))
}

type item struct {
	id   int
	name string
}

func objects(n int) {
	ch := make(chan item, capacity)
	go func() {
		for i := 1; i <= n; i++ {
			ch <- item{i, "name"}
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		sum += (<-ch).id
	}
	check(sum, sumTo(n))
}

func objectsPacked(n int) {
	ch := make(chan []item, capacity/pack)
	go func() {
		for i := 1; i <= n; i += pack {
			some := make([]item, pack)
			for k := range some {
				some[k] = item{i + k, "name"}
			}
			ch <- some
		}
		close(ch)
	}()
	sum := 0
	for some := range ch {
		for _, v := range some {
			sum += v.id
		}
	}
	check(sum, sumTo(n))
}

func trips(n int, lock bool) {
	to, from := make(chan int, 1), make(chan int, 1)
	if lock {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	go func() {
		if lock {
			runtime.LockOSThread()
		}
		for v := range to {
			from <- v
		}
	}()
	sum := 0
	for i := 1; i <= n; i++ {
		to <- i
		sum += <-from
	}
	close(to)
	check(sum, sumTo(n))
}

func roundTrip(n int)       { trips(n, false) }
func roundTripLocked(n int) { trips(n, true) }
