package main

import (
	"runtime"
	"sync"
)

func mutex(n int) {
	var mu sync.Mutex
	count := 0
	for i := 0; i < n; i++ {
		mu.Lock()
		count++
		mu.Unlock()
	}
	check(count, n)
}

const lockers = 100

func locker(mu *sync.Mutex, n int, count *int, wg *sync.WaitGroup) {
	for i := 0; i < n; i++ {
		mu.Lock()
		runtime.Gosched()
		*count++
		mu.Unlock()
	}
	wg.Done()
}

func mutexContended(n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	count := 0
	wg.Add(lockers)
	for k := 0; k < lockers; k++ {
		go locker(&mu, n/lockers, &count, &wg)
	}
	wg.Wait()
	check(count, n)
}

const (
	crowd  = 100
	places = 10
)

// A semaphore in Go is a buffered channel; golang.org/x/sync/semaphore is dearer.
func visitor(sem chan struct{}, n int, count *int, wg *sync.WaitGroup) {
	for i := 0; i < n; i++ {
		sem <- struct{}{}
		runtime.Gosched()
		*count++
		<-sem
	}
	wg.Done()
}

func semaphore(n int) {
	sem := make(chan struct{}, places)
	var wg sync.WaitGroup
	count := 0
	wg.Add(crowd)
	for k := 0; k < crowd; k++ {
		go visitor(sem, n/crowd, &count, &wg)
	}
	wg.Wait()
	check(count, n)
}

const group = 1000

func waitGroup(n int) {
	var wg sync.WaitGroup
	count := 0
	member := func() {
		count++
		wg.Done()
	}
	for i := 0; i < n; i += group {
		wg.Add(group)
		for k := 0; k < group; k++ {
			go member()
		}
		wg.Wait()
	}
	check(count, n)
}

const workers = 10

type numbered struct{ index, value int }

func pool(n int) {
	jobs, results := make(chan numbered), make(chan numbered)
	job := func(i int) int { return i }
	var wg sync.WaitGroup
	wg.Add(workers)
	for k := 0; k < workers; k++ {
		go func() {
			for j := range jobs {
				results <- numbered{j.index, job(j.value)}
			}
			wg.Done()
		}()
	}
	go func() {
		for i := 1; i <= n; i++ {
			jobs <- numbered{i - 1, i}
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	all := make([]int, n)
	for r := range results {
		all[r.index] = r.value
	}
	sum := 0
	for _, value := range all {
		sum += value
	}
	check(sum, sumTo(n))
}

func poolSubmit(n int) {
	sem := make(chan struct{}, workers)
	job := func(i int) int { return i }
	all := make([]int, n)
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		i := i
		go func() {
			sem <- struct{}{}
			all[i] = job(i + 1)
			<-sem
			wg.Done()
		}()
	}
	wg.Wait()
	sum := 0
	for _, value := range all {
		sum += value
	}
	check(sum, sumTo(n))
}
