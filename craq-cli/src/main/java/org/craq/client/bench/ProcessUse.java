package org.craq.client.bench;

import java.util.OptionalLong;

/**
 * The resources that a process has used up to one moment.
 *
 * @param cpuSeconds CPU time since it started
 * @param heapBytes heap in use; empty if unknown
 */
record ProcessUse(long pid, double cpuSeconds, OptionalLong heapBytes) {}
