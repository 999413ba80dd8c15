package org.craq.client.bench;

import java.util.OptionalLong;

/**
 * What a process has used at one moment.
 *
 * @param cpuSeconds since it started
 * @param heapBytes empty where it has no heap that is known
 */
record ProcessUse(long pid, double cpuSeconds, OptionalLong heapBytes) {}
