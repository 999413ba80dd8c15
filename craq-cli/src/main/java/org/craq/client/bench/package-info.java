/** Measures a cluster with fixed workloads: rates, latencies, and the CPU time of every process that takes part. */
package org.craq.client.bench;
