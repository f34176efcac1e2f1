/** Wall clock of the server in epoch ms; handed down so that tests can move it. */
export type Now = () => number;
