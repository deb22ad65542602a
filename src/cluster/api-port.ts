/** Where the API server listens inside the fabric. */
export const apiPortInside = 6443;
