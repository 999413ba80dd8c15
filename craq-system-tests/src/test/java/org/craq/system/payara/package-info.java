/** One short test of both deployments on a real Payara, prepared as its README says. */
package org.craq.system.payara;
