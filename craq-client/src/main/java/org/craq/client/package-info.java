/** The client library: {@link org.craq.client.CraqClient} and the values that it takes and gives. */
package org.craq.client;
