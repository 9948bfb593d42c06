"""Do kernels that know the gradients of the loss tell pruned from independent networks better?"""
