/** A chain on one machine: PostgreSQL, one manager and some nodes, each a process of its own. */
package org.craq.cluster;
