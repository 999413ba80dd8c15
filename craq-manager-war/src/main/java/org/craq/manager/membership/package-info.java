/**
 * The manager's knowledge of nodes and chains in memory, the requests of administrators, and the task that records
 * changes of chains in the database.
 */
package org.craq.manager.membership;
