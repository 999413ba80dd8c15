/** Tests of a whole chain, with PostgreSQL, a manager and three nodes as separate processes, used as by their users. */
package org.craq.system.chain;
