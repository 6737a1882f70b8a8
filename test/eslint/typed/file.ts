// Stands for the code of the typed cases, which the compiler takes to be this file's.
export {};
