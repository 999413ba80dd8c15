/** Failures as HTTP answers, RFC 9457. */
package org.craq.manager.problem;
