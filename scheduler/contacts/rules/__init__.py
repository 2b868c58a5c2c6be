"""Pure rules of contact: facts and policy in, verdict out; time and chance are arguments."""
