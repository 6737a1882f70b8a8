// Says that it was loaded.
console.log("loaded");
