/**
 * What a manager knows about nodes and chains between two configurations: which nodes are alive, whose lease may still
 * run, what administrators have requested and which change is being recorded.
 */
package org.craq.core.membership;
