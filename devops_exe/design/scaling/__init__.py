"""Scaling: the Horizontal Pod Autoscaler, capacity by queueing, requests by samples, KEDA."""
