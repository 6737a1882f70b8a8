/** The file of a thread, for webpack and Rspack: the plug-in puts imports of the program's modules in place of this. */
throw new Error("millrace: this file is the plug-in's, for a bundler that reads it; it was run as it is");
