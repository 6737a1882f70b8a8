import "../runtime/proc.ts"; // brings the default run along
