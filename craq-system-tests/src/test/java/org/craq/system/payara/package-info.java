/** A short test of both deployments on a real Payara, prepared according to its README. */
package org.craq.system.payara;
