import GEED
