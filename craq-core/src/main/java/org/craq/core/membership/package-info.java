/** What a manager knows of nodes and of a chain between two configurations: who lives, whose lease may still run, what is decided. */
package org.craq.core.membership;
