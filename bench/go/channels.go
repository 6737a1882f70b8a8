package main

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
	check(sum, sumTo(n))
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
	check(sum, 2*sumTo(n/2))
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
	check(sum, 16*sumTo(n/16))
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
	check(sum, sumTo(n))
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
