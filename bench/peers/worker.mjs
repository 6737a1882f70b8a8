/** The tasks for pools that load a file on each thread: plain JavaScript, so that nothing is translated there. */
export const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));

export default fib;
