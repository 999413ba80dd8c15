package org.craq.cluster;

/**
 * A role with which applications connect to the database of the same name, which it owns. No other role may connect to it
 * but the server's owner.
 */
record DatabaseRole(String name, String password) {}
