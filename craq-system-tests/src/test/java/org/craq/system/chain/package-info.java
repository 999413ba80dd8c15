/** Tests of a whole chain: PostgreSQL, a manager and three nodes as processes of their own, used as their users would. */
package org.craq.system.chain;
