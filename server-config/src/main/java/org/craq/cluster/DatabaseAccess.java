package org.craq.cluster;

/** How to connect to the cluster's database. */
public record DatabaseAccess(String url, String user, String password) {}
